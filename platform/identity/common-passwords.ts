/** Words and rows of keys that stand at the head of published lists of leaked passwords, Latin and Russian layout, with local habits. */
const words = `
password passw0rd passwort pass qwerty qwertyuiop qwertyui qwerty1 asdfghjkl asdfgh zxcvbnm zxcvbn qazwsx qazwsxedc 1qaz2wsx 1q2w3e4r 1q2w3e4r5t
q1w2e3r4 q1w2e3r4t5 qwe123qwe asd123asd 123456789 1234567890 12345678910 0123456789 9876543210 0987654321 1234554321 1111111111 0000000000
1212121212 1231231231 1029384756 1357924680 7777777777 5555555555 admin administrator administrator1 root user test testing letmein welcome
welcome1 changeme default secret master superman batman dragon monkey football baseball basketball iloveyou sunshine princess
princessa charlie michael jordan shadow ashley bailey killer trustno starwars pokemon computer internet samsung google android
iphone apple windows microsoft summer winter spring autumn monday friday january december flower freedom whatever nothing hello
hellohello abcdefgh abcdefghij abcd1234 abc123 a1b2c3d4 aa123456 qwer1234 zaq12wsx zaq1zaq1 passpass passwordpassword
йцукенгшщз йцукенгшщзхъ йцукен фывапролд фывапролджэ ячсмитьбю пароль парольпароль мойпароль россия москва привет приветпривет любовь
солнце солнышко наташа татьяна светлана екатерина александр александра сергей дмитрий андрей максим марина ирина ольга анастасия
спартак зенит динамо учитель учительница школа директор педагог методист траектория образование академия просвещение
parol parolparol moiparol marina natasha natalia tatyana svetlana ekaterina aleksandr alexander sergey dmitry andrey maxim irina olga
anastasia nastya spartak zenit dinamo rossiya russia moskva moscow privet lubov lyubov solnce uchitel shkola school teacher director
traektoria akademia kuzbass rostov kemerovo obrazovanie`;

export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(words.split(/\s+/).filter(Boolean));
